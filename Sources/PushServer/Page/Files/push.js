// The three steps: register the worker, subscribe, send. Texts and states follow the web.dev push codelab; what goes wrong is said
// beneath the status text that it concerns.
import { pushWasSent, showArrival } from './arrivals.js';

const element = (id) => document.getElementById(id);
const button = {
  register: element('register'),
  unregister: element('unregister'),
  subscribe: element('subscribe'),
  unsubscribe: element('unsubscribe'),
  notifyMe: element('notify-me'),
  notifyAll: element('notify-all'),
};
/// The server's last answer to "Notify all" was that there is nobody.
let nobodySubscribed = false;

whenPressed(button.register, 'registration', registerWorker);
whenPressed(button.unregister, 'registration', unregisterWorker);
whenPressed(button.subscribe, 'subscription', subscribe);
whenPressed(button.unsubscribe, 'subscription', unsubscribe);
whenPressed(button.notifyMe, 'notification', notifyMe);
whenPressed(button.notifyAll, 'notification', notifyAll);

start();

async function start() {
  if (!('serviceWorker' in navigator)) {
    showProblem('registration', whyNoWorkers());
    return;
  }
  navigator.serviceWorker.addEventListener('message', ({ data }) => heard(data));
  const subscription = await showState();
  if (subscription) introduceAgain(subscription);
}

function heard(message) {
  if (message?.type === 'push') {
    showArrival(message);
    element('step-notification').dataset.state = 'done';
  }
  if (message?.type === 'subscription-changed') showState();
}

/// Runs one step, then shows where we stand. A step that fails gives or throws the reason; it is shown at `topic`.
function whenPressed(pressed, topic, step) {
  pressed.addEventListener('click', async () => {
    hideProblems();
    const problem = await reasonOfFailure(step);
    await showState();
    if (problem) showProblem(topic, problem);
    // The keyboard's place must not vanish with the button it was on.
    if (pressed.disabled) document.querySelector('button.main:enabled')?.focus();
  });
}

async function reasonOfFailure(step) {
  try {
    return await step();
  } catch (error) {
    return `This didn't work: ${error.message || error}`;
  }
}

// The worker

async function registerWorker() {
  try {
    await navigator.serviceWorker.register('./service-worker.js');
    await navigator.serviceWorker.ready;
  } catch (error) {
    return `The browser refused the service worker. Private windows often do: open this page in a normal one. (${error.message})`;
  }
}

async function unregisterWorker() {
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  // The subscription ends with the worker, and the server should hear of it.
  if (subscription) await post('/remove-subscription', { endpoint: subscription.endpoint });
  await registration?.unregister();
}

// The subscription

async function subscribe() {
  if (!window.VAPID_PUBLIC_KEY) return 'The server gave this page no key to subscribe with. Reload the page.';
  if (await Notification.requestPermission() === 'denied') {
    return 'Notifications are blocked for this site. Allow them in the site settings (beside the address), then subscribe again. Private windows block them always.';
  }
  const registration = await navigator.serviceWorker.ready;
  let subscription;
  try {
    subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOfBase64URL(window.VAPID_PUBLIC_KEY),
    });
  } catch (error) {
    return whyNotSubscribed(error);
  }
  await showState();
  const reply = await post('/add-subscription', subscription);
  if (!reply.ok) return `This server refused the subscription: ${await explanation(reply)}`;
}

async function unsubscribe() {
  const subscription = await currentSubscription();
  if (!subscription) return;
  await post('/remove-subscription', { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

/// A server that lost its data, or changed its key, must not leave a page that only looks subscribed.
async function introduceAgain(subscription) {
  const key = subscription.options?.applicationServerKey;
  if (key && window.VAPID_PUBLIC_KEY && base64URL(new Uint8Array(key)) !== window.VAPID_PUBLIC_KEY) {
    showProblem('subscription', "This subscription was made with another server's key. Unsubscribe, then subscribe again.");
    return;
  }
  post('/add-subscription', subscription).catch(() => {});
}

// Sending

async function notifyMe() {
  const subscription = await currentSubscription();
  if (!subscription) return;
  pushWasSent();
  const reply = await post('/notify-me', { endpoint: subscription.endpoint });
  if (reply.status === 404) return "This server doesn't know the subscription. Unsubscribe, then subscribe again.";
  if (!reply.ok) return `The server didn't send: ${await explanation(reply)}`;
}

async function notifyAll() {
  pushWasSent();
  const reply = await post('/notify-all');
  if (reply.status === 409) {
    nobodySubscribed = true;
  } else if (!reply.ok) {
    return `The server didn't send: ${await explanation(reply)}`;
  }
}

async function post(path, content) {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: content ? { 'Content-Type': 'application/json' } : {},
      body: content ? JSON.stringify(content) : undefined,
    });
  } catch {
    throw new Error('this server does not answer. Is it still running?');
  }
}

/// What the server says is wrong: a problem's `detail`, or the first line of a text.
async function explanation(reply) {
  const text = await reply.text();
  try {
    return JSON.parse(text).detail ?? `status ${reply.status}`;
  } catch {
    return text.split('\n')[0].slice(0, 200) || `status ${reply.status}`;
  }
}

// The state on the page

async function showState() {
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  if (!registration) showNoWorker();
  else if (!subscription) showWorker(registration);
  else showSubscribed(registration, subscription);
  if (registration && !registration.pushManager) showProblem('subscription', whyNoPush());
  if (nobodySubscribed) write('notification', 'There are no subscribed endpoints to send messages to, yet.');
  nobodySubscribed = false;
  return subscription;
}

function showNoWorker() {
  if (!('serviceWorker' in navigator)) return;
  write('registration', 'No service worker has been registered yet.');
  write('subscription', "Push subscription on this client isn't possible until a service worker is registered.");
  write('notification', "Push notification to this client isn't possible until a service worker is registered.");
  enable(button.register);
  mark('current', 'waiting', 'waiting');
}

function showWorker(registration) {
  write('registration', `Service worker registered. Scope: ${registration.scope}`);
  write('subscription', 'Ready to subscribe this client to push.');
  write('notification', 'Push notification to this client will be possible once subscribed.');
  enable(button.unregister, button.subscribe);
  mark('done', 'current', 'waiting');
}

function showSubscribed(registration, subscription) {
  write('registration', `Service worker registered. Scope: ${registration.scope}`);
  write('subscription', `Service worker subscribed to push. Endpoint: ${subscription.endpoint}`);
  write('notification', 'Ready to send a push notification to this client!');
  enable(button.unregister, button.unsubscribe, button.notifyMe);
  mark('done', 'done', element('step-notification').dataset.state === 'done' ? 'done' : 'current');
}

function write(topic, text) {
  const status = element(`${topic}-status-message`);
  if (status.value === text) return;
  status.value = text;
  // Screen readers don't announce a text area's new value.
  element('announcer').textContent = text;
}

function enable(...enabled) {
  for (const each of Object.values(button)) each.disabled = each !== button.notifyAll && !enabled.includes(each);
}

function mark(worker, subscription, notification) {
  element('step-worker').dataset.state = worker;
  element('step-subscription').dataset.state = subscription;
  element('step-notification').dataset.state = notification;
}

// Problems

function showProblem(topic, text) {
  const line = element(`${topic}-problem`);
  line.textContent = text;
  line.hidden = false;
}

function hideProblems() {
  for (const line of document.querySelectorAll('.problem')) line.hidden = true;
}

function whyNoWorkers() {
  if (!window.isSecureContext) {
    return "This page came over plain http, where browsers allow no push. Open it as http://localhost on the server's own machine, or serve it over https.";
  }
  return 'Private windows of some browsers have none either: try a normal window, or another browser.';
}

function whyNoPush() {
  return 'This browser offers no push here. On an iPhone or iPad: Share, then "Add to Home Screen", and open Herald from there.';
}

function whyNotSubscribed(error) {
  switch (error.name) {
    case 'NotAllowedError':
      return 'The browser was not allowed to show notifications. Allow them in the site settings (beside the address), then subscribe again.';
    case 'InvalidStateError':
      return "This browser is still subscribed with another server's key. Unregister the worker, then start again.";
    case 'AbortError':
      return "The browser can't reach its push service. Check the network, or whether push is switched off in the browser's settings, then try again.";
    default:
      return `The browser could not subscribe: ${error.message}`;
  }
}

// Small things

async function currentSubscription() {
  const registration = await navigator.serviceWorker?.getRegistration();
  return await registration?.pushManager?.getSubscription();
}

function bytesOfBase64URL(text) {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
}

function base64URL(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
