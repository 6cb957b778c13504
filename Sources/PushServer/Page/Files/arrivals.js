// What reached this browser while the page was open, newest first.

const shownAtMost = 5;
const list = document.getElementById('arrivals');
let sentAt;

/// A button that sends was pressed: the next arrival can say how long it took.
export function pushWasSent() {
  sentAt = Date.now();
}

/// Shows one message that the worker told us of: `title`, `body`, and `receivedAt` in milliseconds.
export function showArrival({ title, body, receivedAt }) {
  const item = document.createElement('li');
  item.className = 'arrival';
  item.append(part('strong', title));
  if (body) item.append(part('p', body));
  item.append(when(receivedAt));
  list.prepend(item);
  while (list.children.length > shownAtMost) list.lastElementChild.remove();
  document.getElementById('arrivals-empty').hidden = true;
  document.getElementById('arrivals-hint').hidden = false;
}

function when(receivedAt) {
  const moment = new Date(receivedAt);
  const took = sentAt === undefined ? '' : `after ${Math.max(0.01, (receivedAt - sentAt) / 1000).toFixed(2)} s, `;
  sentAt = undefined;
  const time = part('time', took + moment.toLocaleTimeString());
  time.dateTime = moment.toISOString();
  return time;
}

/// Text only: a message may hold anything.
function part(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
