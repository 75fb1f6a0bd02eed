import { Combobox, Menu, Button, Textarea, useCombobox } from '@mantine/core';
import { IconVariable } from '@tabler/icons-react';
import { useMemo, useRef, useState } from 'react';
import { textOr, useTexts } from '../../kit/texts';
import { useQueueChoices, useScheduleChoices } from '../../manager/choices';
import { allNames, complete, faultOf, placeOf, type Offer } from '../expression';
import { dataKeys, type Graph } from '../graph';

interface Props {
  graph: Graph;
  name: string;
  label: string;
  hint?: string;
  value: string | undefined;
  set: (value: string) => void;
  /** What is wrong with it, and where the server stumbled. */
  error: string | undefined;
  stumbled: { line: number; column: number } | undefined;
}

/** An expression: names are offered while one types, and what is wrong is marked where it is. */
export function ExpressionField({ graph, name, label, hint, value = '', set, error, stumbled }: Props) {
  const t = useTexts();
  const queues = useQueueChoices();
  const schedules = useScheduleChoices();
  const names = useMemo(
    () => ({ dataKeys: dataKeys(graph), queues: queues.map((q) => q.label), schedules: schedules.map((s) => s.label), nodes: graph.nodes.map((n) => n.id) }),
    [graph, queues, schedules],
  );
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number>();
  const list = useCombobox({ onDropdownClose: () => list.resetSelectedOption() });
  const offer = caret === undefined ? undefined : complete(value, caret, names);
  const local = faultOf(value);
  const at = local?.at ?? (error && stumbled ? placeOf(value, stumbled.line, stumbled.column) : undefined);
  const said = local ? t(`designer.expression_${local.code}`, { word: local.word }) : error;

  function put(text: string, from: number, to: number): void {
    const next = value.slice(0, from) + text + value.slice(to);
    // Within the quotes of a new name one goes on writing.
    const inner = text.indexOf('""');
    const place = from + (inner >= 0 ? inner + 1 : text.length);
    set(next);
    setCaret(place);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(place, place);
      list.openDropdown();
    });
  }
  const about = (o: Offer) => textOr(`designer.name_${o.about}`, '');
  return (
    <div className="expression">
      <Combobox
        store={list} withinPortal={false} position="bottom-start" offset={2}
        onOptionSubmit={(text) => {
          if (offer) put(text, offer.from, offer.to);
        }}
      >
        <Combobox.Target autoComplete="off">
          <Textarea
            ref={field} size="xs" name={name} label={label} description={hint} value={value} error={said} autosize minRows={1} maxRows={8} maxLength={2000} spellCheck={false} className="code"
            onChange={(e) => {
              set(e.currentTarget.value);
              setCaret(e.currentTarget.selectionStart);
              list.openDropdown();
              list.resetSelectedOption();
            }}
            onBlur={() => list.closeDropdown()}
            onKeyDown={(e) => {
              if (e.key === 'Tab' && list.dropdownOpened && offer && list.getSelectedOptionIndex() >= 0) {
                e.preventDefault();
                list.clickSelectedOption();
              }
              if (e.key === 'Escape' && list.dropdownOpened && offer) e.stopPropagation();
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!offer}>
          <Combobox.Options aria-label={t('designer.names')}>
            {offer?.offers.slice(0, 12).map((o) => (
              <Combobox.Option key={o.text} value={o.text}>
                <code>{o.text}</code> <small>{about(o)}</small>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {at !== undefined && said && value && <Marked text={value} at={at} length={local?.length ?? 1} />}
      <Menu position="bottom-start" width={340}>
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" leftSection={<IconVariable size={14} aria-hidden="true" />}>
            {t('designer.names')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="names">
          {allNames(names).map((o) => (
            <Menu.Item key={o.text} onClick={() => put(o.text, field.current?.selectionStart ?? value.length, field.current?.selectionEnd ?? value.length)}>
              <code>{o.text}</code>
              <small>{about(o)}</small>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** The text with the place marked where it is wrong. */
function Marked({ text, at, length }: { text: string; at: number; length: number }) {
  const t = useTexts();
  const to = Math.min(text.length, at + Math.max(1, length));
  return (
    <pre className="marked" aria-label={t('designer.wrong_here')}>
      {text.slice(0, at)}
      <mark>{text.slice(at, to) || ' '}</mark>
      {text.slice(to)}
    </pre>
  );
}
