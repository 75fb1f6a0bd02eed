import { focused } from './dom';
import type { Settings } from './settings';

/** Widths and heights at which the chat takes the whole screen. */
const small = '(max-width: 480px), (max-height: 440px)';

/** How the chat's window stands on the page: light or dark, its accent, and on a
 * phone the whole screen, above the keyboard. */
export class Frame {
  private readonly phone = matchMedia(small);

  constructor(private readonly root: HTMLElement, private readonly panel: HTMLElement, settings: Settings) {
    this.theme(settings);
    if (!(panel instanceof HTMLDialogElement)) return; // it has its place in the page
    this.phone.addEventListener('change', () => {
      if (panel.hidden) return; // a phone that was turned
      const at = focused(panel);
      this.show(true);
      if (at instanceof HTMLElement) at.focus();
    });
    const fit = (): void => this.fit();
    visualViewport?.addEventListener('resize', fit);
    visualViewport?.addEventListener('scroll', fit);
    fit();
  }

  /** Shows the window. On a phone nothing else can be used meanwhile, elsewhere the page can. */
  show(open: boolean): void {
    this.panel.hidden = !open;
    if (!(this.panel instanceof HTMLDialogElement)) return;
    this.panel.close();
    if (!open) return;
    if (this.phone.matches) this.panel.showModal();
    else this.panel.setAttribute('open', ''); // show() would take the focus from the page
  }

  /** The part of the screen that the keyboard leaves. */
  private fit(): void {
    const view = visualViewport;
    if (!view || view.scale > 1.01) return; // zoomed by hand: the customer moves it
    this.panel.style.setProperty('--view-top', `${view.offsetTop}px`);
    this.panel.style.setProperty('--view-height', `${view.height}px`);
  }

  private theme(settings: Settings): void {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      this.root.classList.toggle('dark', settings.theme === 'dark' || (settings.theme === 'auto' && system.matches));
    };
    system.addEventListener('change', apply);
    apply();
    if (!settings.accent) return;
    this.root.style.setProperty('--portico-accent', settings.accent);
    this.root.style.setProperty('--portico-on-accent', textOn(settings.accent));
  }
}

/** Black or white, whichever is better read on the colour (WCAG 2.2, relative luminance). */
function textOn(colour: string): string {
  const canvas = document.createElement('canvas').getContext('2d');
  if (!canvas) return '#fff';
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = Array.from(canvas.getImageData(0, 0, 1, 1).data, (byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}
