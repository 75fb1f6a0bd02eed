// The emoji picker: a few that people use when they talk to a company. The browser's
// screen reader knows their names in every language, so that they need no labels.
import type { EmojiPart, Kit } from '../parts';
import css from './emoji.css?inline';

const groups: [key: string, emoji: string][] = [
  ['widget.emoji_faces', '😀 😃 😄 😁 😅 😂 🙂 🙃 😉 😊 😇 🥰 😍 😘 😋 😜 🤗 🤔 🤨 😐 😏 🙄 😬 😌 😴 😷 🤒 🤕 😎 🤓 😕 😟 🙁 😮 😲 😳 🥺 😢 😭 😱 😓 😩 😤 😡 🤯 🥳'],
  ['widget.emoji_hands', '👍 👎 👌 ✌️ 🤞 🤝 👏 🙌 🙏 👋 💪 👉 👈 👆 👇 ✋ 🫶 👀'],
  ['widget.emoji_signs', '❤️ 🧡 💛 💚 💙 💜 🖤 💔 ✨ ⭐ 🔥 🎉 ✅ ❌ ❗ ❓ ⚠️ 💯 ➕ ➖ 🔴 🟢'],
  ['widget.emoji_things', '📦 🚚 ✈️ 🚗 🚲 🏠 🏢 📞 📱 💻 🖨️ 📷 🔋 🔌 💡 🔧 🔑 🔒 🛒 💳 💶 🧾 🎁 📄 📎 📅 ⏰ 📍 ✉️ ☕ 🍕 🍰 🌞 🌧️ ❄️ 🐶 🐱 🌷'],
];

/** The widest column of a row of the grid at its usual width; arrows go by it. */
function columns(grid: HTMLElement): number {
  return Math.max(1, getComputedStyle(grid).gridTemplateColumns.split(' ').length);
}

function picker(kit: Kit, pick: (emoji: string) => void): HTMLElement {
  kit.style(css);
  const { h, words } = kit;
  const all: HTMLButtonElement[] = [];
  const box = h('div', { class: 'emoji', role: 'group', 'aria-label': words.say('widget.emoji') });
  for (const [key, list] of groups) {
    const grid = h('div', { class: 'grid' });
    for (const emoji of list.split(' ')) {
      const button = h('button', { type: 'button', tabindex: all.length === 0 ? '0' : '-1' }, emoji);
      button.onclick = () => pick(emoji);
      all.push(button);
      grid.append(button);
    }
    box.append(h('h3', {}, words.say(key)), grid);
  }
  box.addEventListener('keydown', (event) => {
    const at = all.findIndex((b) => b === event.target);
    const grid = all[at]?.parentElement;
    if (!grid) return;
    const step: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(grid), ArrowUp: -columns(grid) };
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : step[event.key] === undefined ? -1 : at + (step[event.key] ?? 0);
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    if (to === -1 && step[event.key] === undefined || !next) return;
    event.preventDefault();
    for (const b of all) b.tabIndex = b === next ? 0 : -1;
    next.focus();
  });
  return box;
}

export default { picker } satisfies EmojiPart;
