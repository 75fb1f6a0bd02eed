import { useEffect, useRef } from 'react';

/** What one hears: an offer rings until it is over, a message is one soft tone, an alert two low ones. */
export type Sound = 'offer' | 'message' | 'alert';

export interface News {
  /** One thing has one id: news of the same id takes the place of the old. */
  id: string;
  title: string;
  body?: string;
  sound?: Sound;
  /** The title of the page flashes until the news is over, or until somebody looks. */
  flash?: boolean;
  /** Until when the sound comes again, ms of this machine's clock; without it once. */
  until?: number;
  /** Called when the notification is clicked; the page has the focus then. */
  click?: () => void;
}

const tones: Record<Sound, { pitches: number[]; loud: number; every: number }> = {
  offer: { pitches: [659.3, 880], loud: 0.12, every: 4 },
  message: { pitches: [784], loud: 0.05, every: 0 },
  alert: { pitches: [440, 349.2], loud: 0.12, every: 0 },
};

let audio: AudioContext | undefined;
const mutedKey = 'portico.muted';

/** Sounds are off in this browser. */
export function muted(): boolean {
  return localStorage.getItem(mutedKey) === 'yes';
}

export function mute(off: boolean): void {
  if (off) localStorage.setItem(mutedKey, 'yes');
  else localStorage.removeItem(mutedKey);
}

/**
 * Plays a sound, again and again until the end. All repeats are laid into the audio
 * clock at once: timers of a page in the background are slowed down to one a minute,
 * that clock is not. The answer ends it.
 */
function play(sound: Sound, until: number | undefined): () => void {
  if (muted()) return () => undefined;
  audio ??= new AudioContext();
  void audio.resume();
  const { pitches, loud, every } = tones[sound];
  const out = audio.createGain();
  out.connect(audio.destination);
  const first = audio.currentTime + 0.02;
  const times = until === undefined || every === 0 ? 1 : Math.min(60, Math.max(1, Math.ceil((until - Date.now()) / 1000 / every)));
  for (let i = 0; i < times; i++) for (const [k, pitch] of pitches.entries()) tone(audio, out, pitch, loud, first + i * every + k * 0.18);
  return () => out.disconnect();
}

function tone(audio: AudioContext, out: AudioNode, pitch: number, loud: number, at: number): void {
  const wave = audio.createOscillator();
  const gain = audio.createGain();
  wave.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loud, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
  wave.connect(gain).connect(out);
  wave.start(at);
  wave.stop(at + 0.45);
}

/** The browser may ask whether this page may show notifications. */
export function mayAsk(): boolean {
  return 'Notification' in window && Notification.permission === 'default';
}

/** Asks for it; to be called by a click. Gives whether notifications may be shown now. */
export async function askToNotify(): Promise<boolean> {
  return 'Notification' in window && (await Notification.requestPermission()) === 'granted';
}

/** A notification of the browser, where nobody looks at the page. */
function show({ id, title, body, click, sound }: News): () => void {
  if (!('Notification' in window) || Notification.permission !== 'granted' || !document.hidden) return () => undefined;
  const shown = new Notification(title, { body: body ?? '', tag: id, icon: '/icon.svg', requireInteraction: sound === 'offer' });
  shown.onclick = () => {
    window.focus();
    shown.close();
    click?.();
  };
  return () => shown.close();
}

const flashing = new Map<string, string>();
let flashTimer: ReturnType<typeof setInterval> | undefined;
let calm = '';

/** The title of the page when nothing flashes. */
export function setTitle(title: string): void {
  calm = title;
  if (flashing.size === 0) document.title = title;
}

function beat(on: boolean): void {
  const loudest = [...flashing.values()].at(-1);
  document.title = loudest && on ? `● ${loudest}` : calm || document.title;
}

function flash(id: string, title: string): () => void {
  calm ||= document.title;
  flashing.set(id, title);
  let on = true;
  beat(on);
  clearInterval(flashTimer);
  flashTimer = setInterval(() => {
    on = !on;
    beat(on);
  }, 1000);
  return () => {
    if (flashing.get(id) === title) flashing.delete(id);
    if (flashing.size === 0) clearInterval(flashTimer);
    beat(on);
  };
}

/** Tells a person who may look elsewhere: by sound, notification and title. The answer takes all of it back. */
export function notify(news: News): () => void {
  const ends = [show(news)];
  if (news.sound) ends.push(play(news.sound, news.until));
  if (news.flash) ends.push(flash(news.id, news.title));
  return () => ends.forEach((end) => end());
}

/** Tells it while it is there, such as an offer; undefined: nothing to tell. */
export function useNews(news: News | undefined): void {
  const latest = useRef(news);
  useEffect(() => {
    latest.current = news;
  });
  const { id, title, body } = news ?? {};
  useEffect(() => {
    if (id === undefined || !latest.current) return;
    return notify({ ...latest.current, title: title ?? '', body: body ?? '', click: () => latest.current?.click?.() });
  }, [id, title, body]);
}
