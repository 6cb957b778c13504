// The commands under "Next steps": complete for this server, and copied at a press.

const localPort8080 = ['http://localhost:8080', 'http://127.0.0.1:8080'];

for (const button of document.querySelectorAll('[data-copy]')) {
  const command = document.getElementById(button.dataset.copy);
  if (!localPort8080.includes(location.origin)) command.textContent += ` --server ${location.origin}`;
  button.addEventListener('click', () => copy(command, button));
}

async function copy(command, button) {
  try {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = 'Copied';
  } catch {
    // No clipboard here: mark the text, so that the keyboard can copy it.
    getSelection().selectAllChildren(command);
    button.textContent = 'Marked';
  }
  document.getElementById('announcer').textContent = button.textContent;
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
}
