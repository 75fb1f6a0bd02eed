import { useEffect } from 'react';
import type { Contact } from '../api/types';

let audio: AudioContext | undefined;

/** Two soft tones. Made here, so that there is no file to load when it matters. */
function ring(): void {
  audio ??= new AudioContext();
  void audio.resume();
  const start = audio.currentTime + 0.02;
  for (const [i, pitch] of [659.3, 880].entries()) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    const at = start + i * 0.18;
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.45);
  }
}

function notify(title: string, body: string, tag: string): Notification | undefined {
  if (!('Notification' in window) || Notification.permission !== 'granted' || !document.hidden) return undefined;
  const shown = new Notification(title, { body, tag, icon: '/icon.svg', requireInteraction: true });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
  return shown;
}

/** The browser may ask whether this page may show notifications. */
export function mayAsk(): boolean {
  return 'Notification' in window && Notification.permission === 'default';
}

/** While a contact is offered: a sound every four seconds, a notification, a flashing title. */
export function useOfferAlert(offer: Contact | undefined, title: string): void {
  const id = offer && `${offer.id} ${offer.offer}`;
  const body = offer ? `${offer.name} · ${offer.caption}` : '';
  useEffect(() => {
    if (!id) return;
    ring();
    const shown = notify(title, body, id);
    const before = document.title;
    let flash = true;
    document.title = `● ${title}`;
    let beat = 0;
    const timer = setInterval(() => {
      flash = !flash;
      document.title = flash ? `● ${title}` : before;
      if (++beat % 4 === 0) ring();
    }, 1000);
    return () => {
      clearInterval(timer);
      document.title = before;
      shown?.close();
    };
  }, [id, title, body]);
}
