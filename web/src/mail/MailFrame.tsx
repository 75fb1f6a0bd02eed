import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../kit/texts';

interface Props {
  /** Harmless already: see shownHtml. */
  html: string;
  title: string;
  /** Pictures from elsewhere may come. */
  pictures?: boolean;
  /** Quotes stand folded at first. */
  folds?: boolean;
}

/** As on paper: senders choose their colours for that. */
const looks = `
  html { background: #fff; color: #15202b; }
  body { margin: 0; padding: 10px 14px 12px; font: 14px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; overflow-wrap: anywhere; }
  body > :first-child { margin-top: 0; } body > :last-child { margin-bottom: 0; }
  img { max-width: 100%; height: auto; } pre { white-space: pre-wrap; } table { max-width: 100%; }
  a { color: #0b6b74; }
  blockquote { margin: 6px 0 6px 2px; padding-left: 12px; border-left: 3px solid #c4ccd4; color: #4a5866; }
  summary { width: fit-content; min-height: 24px; padding: 1px 10px; border: 1px solid #7d8996; border-radius: 12px; color: #4a5866; font-size: 12px; cursor: pointer; list-style: none; }
  summary:focus-visible { outline: 2px solid #0b6b74; outline-offset: 1px; }
  .real-site { display: inline-block; margin-left: 4px; padding: 0 5px; border-radius: 4px; background: #fde9e7; color: #b0251c; font-size: 12px; }
  img[data-remote] { min-width: 16px; min-height: 16px; border: 1px dashed #c4ccd4; }
`;

/** What a mail holds, on a page of its own in which nothing runs. It is as tall as it is long. */
export function MailFrame({ html, title, pictures = false, folds = false }: Props) {
  const t = useTexts();
  const frame = useRef<HTMLIFrameElement>(null);
  const [loads, setLoads] = useState(0);
  const [height, setHeight] = useState(48);
  const [quoted, other] = [t('mail.quoted'), t('mail.leads_to', { site: '{site}' })];

  useEffect(() => {
    const page = frame.current?.contentDocument;
    if (loads === 0 || !page?.body) return;
    fill(page, html);
    warn(page, other);
    if (folds) fold(page, quoted);
    const measure = () => setHeight(Math.ceil(page.body.scrollHeight) + (page.body.scrollWidth > page.documentElement.clientWidth ? 18 : 0));
    const observer = new ResizeObserver(measure);
    observer.observe(page.body);
    measure();
    page.addEventListener('keydown', passOn);
    return () => {
      observer.disconnect();
      page.removeEventListener('keydown', passOn);
    };
  }, [html, loads, folds, quoted, other]);

  return (
    <iframe
      ref={frame} className="mail-frame" title={title} src={pictures ? '/frame/mail-pictures' : '/frame/mail'} style={{ height }}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" onLoad={() => setLoads((n) => n + 1)}
    />
  );
}

function fill(page: Document, html: string): void {
  const style = page.createElement('style');
  style.textContent = looks;
  page.head.replaceChildren(style);
  page.body.innerHTML = html;
}

/** Says of a link whose words name another site where it really leads. */
function warn(page: Document, other: string): void {
  for (const link of page.querySelectorAll<HTMLElement>('a[data-other]')) {
    const site = page.createElement('span');
    site.className = 'real-site';
    site.textContent = other.replace('{site}', link.dataset.other ?? '');
    link.after(site);
  }
}

/** Folds the quotes, unless there is nothing else to read. */
function fold(page: Document, title: string): void {
  const outer = [...page.querySelectorAll('blockquote')].filter((q) => !q.parentElement?.closest('blockquote'));
  const quoted = outer.reduce((sum, q) => sum + (q.textContent ?? '').trim().length, 0);
  if ((page.body.textContent ?? '').trim().length <= quoted) return;
  for (const quote of outer) {
    const details = page.createElement('details');
    const summary = page.createElement('summary');
    summary.textContent = title;
    quote.replaceWith(details);
    details.append(summary, quote);
  }
}

/** The keys of the desk work also while the focus is in a mail. */
function passOn(event: KeyboardEvent): void {
  if (!event.altKey && !event.ctrlKey) return;
  const { key, code, altKey, ctrlKey, metaKey, shiftKey, repeat } = event;
  const again = new KeyboardEvent('keydown', { key, code, altKey, ctrlKey, metaKey, shiftKey, repeat, cancelable: true, bubbles: true });
  if (!window.dispatchEvent(again)) event.preventDefault();
}
