import { CloseButton } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import './SidePanel.css';
import { useTexts } from './texts';

/** A width that a person chose, in px, kept in this browser under the name. */
export function useWidth(name: string, usual: number, min: number, max: number): [number, (width: number) => void] {
  const key = `portico.width.${name}`;
  const fit = (width: number) => Math.round(Math.min(max, Math.max(min, width)));
  const [width, set] = useState(() => fit(Number(localStorage.getItem(key)) || usual));
  return [width, (next) => {
    localStorage.setItem(key, String(fit(next)));
    set(fit(next));
  }];
}

/** The edge of a part at the right, by which it is drawn wider: with the pointer or the arrow keys. */
export function Edge({ width, min, max, set }: { width: number; min: number; max: number; set: (width: number) => void }) {
  const t = useTexts();
  const from = useRef<{ x: number; width: number }>(undefined);
  function onKey(event: KeyboardEvent): void {
    const by = { ArrowLeft: 20, ArrowRight: -20 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(width + by);
  }
  function onDown(event: PointerEvent<HTMLDivElement>): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  }
  return (
    <div
      className="edge" role="separator" aria-orientation="vertical" aria-label={t('kit.width')} aria-valuenow={width} aria-valuemin={min} aria-valuemax={max}
      tabIndex={0} onKeyDown={onKey} onPointerDown={onDown}
      onPointerMove={(event) => from.current && set(from.current.width + from.current.x - event.clientX)}
      onPointerUp={() => {
        from.current = undefined;
      }}
    />
  );
}

interface Props {
  /** The name of what is shown; also what the panel is called. */
  title: string;
  /** The state of it, below the title. */
  below?: ReactNode;
  /** The name under which the width is remembered; without it the place decides. */
  name?: string;
  close: () => void;
  /** Buttons that stay in sight at the end. */
  foot?: ReactNode;
  children: ReactNode;
}

const [least, usual, most] = [280, 360, 720];

/** One thing of a list at the side of it. It takes the focus when it opens; Escape closes it and gives the focus back. */
export function SidePanel({ title, below, name, close, foot, children }: Props) {
  const t = useTexts();
  const [width, setWidth] = useWidth(name ?? 'panel', usual, least, most);
  const came = useRef<Element | null>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    came.current ??= document.activeElement;
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: 'nearest' }); // in a narrow window it is above its list
  }, []);
  function leave(): void {
    close();
    if (came.current instanceof HTMLElement && came.current.isConnected) came.current.focus();
  }
  return (
    <aside
      ref={panel} tabIndex={-1} className="side-panel" aria-label={title} style={name ? { width } : undefined}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) leave();
      }}
    >
      {name && <Edge width={width} min={least} max={most} set={setWidth} />}
      <header>
        <div className="side-title">
          <h2>{title}</h2>
          {below}
        </div>
        <CloseButton aria-label={t('app.close')} onClick={leave} />
      </header>
      <div className="side-body">{children}</div>
      {foot && <footer>{foot}</footer>}
    </aside>
  );
}
