// Shows every push as a notification, tells the open pages of it, and keeps the subscription alive.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(received(event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.navigate));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAgain(event)));

// A push arrives

async function received(payload) {
  const { title, options } = read(payload);
  await show(title, options);
  await tellPages({ type: 'push', title, body: options.body ?? '', receivedAt: Date.now() });
}

/// Browsers punish pushes that show nothing, so whatever is wrong with the options, the words are shown.
async function show(title, options) {
  try {
    await self.registration.showNotification(title, options);
  } catch {
    await self.registration.showNotification(title, { body: options.body ?? '', data: options.data });
  }
}

/// Title and options for any payload: the codelab's `{title, options}`; a declarative message (`{web_push, notification}`) with or
/// without its mark; anything else is text.
function read(payload) {
  const message = parse(payload);
  const declared = isObject(message?.notification) ? message.notification : undefined;
  if (declared) {
    const { title, navigate, data, ...options } = declared;
    // The id of a push makes a repeat replace its first showing.
    return notification(title, { tag: message.id, ...options }, { navigate, data });
  }
  if (isObject(message)) {
    const { data, ...options } = isObject(message.options) ? message.options : { body: message.body };
    return notification(message.title, options, { navigate: data?.navigate ?? data?.url, data });
  }
  return notification(undefined, { body: payload || 'A push without words.' }, {});
}

function notification(title, options, data) {
  const shown = { icon: '/icon.png', ...withoutMissing(options), data };
  if ('body' in shown) shown.body = String(shown.body);
  return { title: String(title ?? 'Herald'), options: shown };
}

function withoutMissing(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

function parse(payload) {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// A notification is clicked

/// With an address: the page that shows it, or a new one. Without: any page of ours, or a new one.
async function open(navigate) {
  const target = address(navigate);
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = navigate ? pages.find((each) => each.url === target) : pages[0];
  return page ? page.focus() : self.clients.openWindow(target);
}

function address(navigate) {
  const home = self.registration.scope;
  try {
    const url = new URL(navigate ?? '', home);
    return ['http:', 'https:'].includes(url.protocol) ? url.href : home;
  } catch {
    return home;
  }
}

// The browser changed or dropped the subscription

async function subscribeAgain(event) {
  const subscription = event.newSubscription ?? await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: await serverKey(),
  });
  await post('/add-subscription', subscription);
  const old = event.oldSubscription;
  if (old && old.endpoint !== subscription.endpoint) await post('/remove-subscription', { endpoint: old.endpoint });
  await tellPages({ type: 'subscription-changed' });
}

/// The key as the server has it now, base64url; a changed one may be why the subscription ended.
async function serverKey() {
  const script = await (await fetch('/vapid-public-key.js', { cache: 'no-store' })).text();
  return script.match(/["']([\w-]+)["']/)[1];
}

function post(path, content) {
  return fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(content),
  });
}

async function tellPages(message) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}
