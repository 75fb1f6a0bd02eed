import { titleWith } from './title';

/** Tells of new messages beyond the chat's own window: in the page's title and, if the
 * customer wants it, by a sound that is made here and loaded from nowhere. */
export class Bell {
  private shown = 0;
  private audio: AudioContext | undefined;

  count(unread: number): void {
    document.title = titleWith(document.title, this.shown, unread);
    this.shown = unread;
  }

  /** Two short tones. Browsers let a page sound after it was used once. */
  ring(): void {
    try {
      const audio = (this.audio ??= new AudioContext());
      void audio.resume();
      for (const [at, pitch] of [[0, 660], [0.14, 880]] as const) {
        const tone = new OscillatorNode(audio, { frequency: pitch });
        const loudness = new GainNode(audio, { gain: 0 });
        const begins = audio.currentTime + at;
        loudness.gain.setValueAtTime(0.12, begins);
        loudness.gain.exponentialRampToValueAtTime(0.001, begins + 0.25);
        tone.connect(loudness).connect(audio.destination);
        tone.start(begins);
        tone.stop(begins + 0.25);
      }
    } catch {
      // A browser without sound: the number is on the screen.
    }
  }
}
