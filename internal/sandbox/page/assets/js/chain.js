// The proof of the log, computed from what the handbook says about it.

const utf8 = new TextEncoder();
const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.codePointAt(0));

async function sha256(parts) {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
  return [...sum].map((b) => b.toString(16).padStart(2, '0')).join('');
}

// sized returns a text behind its length.
function sized(text) {
  const bytes = utf8.encode(text);
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, bytes.length);
  return [length.buffer, bytes];
}

// bodyOf returns the bytes of an event's body as they stand in its line.
function bodyOf(text) {
  const m = /"body":(.*),"prev":"[0-9a-f]*","hash":"[0-9a-f]*"\}$/s.exec(text);
  return m ? m[1] : '';
}

// prove says what is wrong with an event that follows another one, or nothing.
export async function prove(e, before) {
  if (before && (e.seq !== before.seq + 1 || e.prev !== before.hash)) return 'does not follow';
  if (e.salt && await sha256([unbase64(e.salt), utf8.encode(bodyOf(e.text))]) !== e.commit) return 'other content';
  const fields = [e.format, `${e.seq}`, e.subject, `${e.n}`, e.kind, e.at, e.by ?? '', e.installation, `${e.version}`, e.commit, e.prev];
  return await sha256([utf8.encode('e1'), ...fields.flatMap(sized)]) === e.hash ? '' : 'other hash';
}
