// Requests to the sandbox.

export class Refused extends Error {}

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Refused(body.error);
  return body;
}

// get asks for something.
export const get = async (what) => read(await fetch(`api/${what}`));

// post has something done and returns what came of it. It throws Refused with a sentence if it cannot be done.
export async function post(what, args) {
  return read(await fetch(`api/${what}`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(args),
  }));
}
