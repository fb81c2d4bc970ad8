// Everything begins here: each room follows the model, and the stream feeds it.

import * as people from './people.js';
import * as chat from './chat.js';
import * as modal from './modal.js';
import * as bot from './bot.js';
import * as mongodb from './mongodb.js';
import * as calls from './calls.js';
import * as log from './log.js';
import * as tabs from './tabs.js';
import { start } from './stream.js';

for (const room of [people, chat, modal, bot, mongodb, calls, log, tabs]) room.begin();
start();
