import { IconAlertTriangle } from '@tabler/icons-react';
import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import './Tabs.css';

export interface Tab<Id extends string> {
  id: Id;
  title: string;
  /** How many there are, beside the title. */
  count?: number;
  /** Something within is wrong: the sentence that says so. */
  wrong?: string | undefined;
}

interface Props<Id extends string> {
  /** What one chooses here. */
  label: string;
  tabs: readonly Tab<Id>[];
  value: Id;
  set: (id: Id) => void;
  children: ReactNode;
}

/** Parts of which one is seen at a time; the arrow keys go from one to the next. The children are the chosen part. */
export function Tabs<Id extends string>({ label, tabs, value, set, children }: Props<Id>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  function walk(event: KeyboardEvent): void {
    const at = tabs.findIndex((tab) => tab.id === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length]!;
    set(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  }
  return (
    <div className="tabs">
      <div className="tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={walk}>
        {tabs.map((tab) => (
          <button
            key={tab.id} type="button" role="tab" id={`${id}-${tab.id}`} data-tab={tab.id} aria-selected={tab.id === value} tabIndex={tab.id === value ? 0 : -1}
            aria-controls={tab.id === value ? `${id}-part` : undefined} onClick={() => set(tab.id)}
          >
            {tab.title}
            {tab.count !== undefined && <span className="tab-count figures">{tab.count}</span>}
            {tab.wrong && (
              <>
                <IconAlertTriangle size={14} color="var(--bad)" aria-hidden="true" />
                <span className="unseen">{tab.wrong}</span>
              </>
            )}
          </button>
        ))}
      </div>
      <div className="tab-part" role="tabpanel" id={`${id}-part`} aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </div>
  );
}
