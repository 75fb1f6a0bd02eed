import { Select, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import { useAll } from './choices';
import { NameField, type Check, type FormProps } from './form';
import { excludedNumbers, type ExcludedNumber } from './kinds';

const whys = ['premium', 'emergency', 'internal', 'other'] as const;

/** Signs between digits are for people; 00 in front stands for +. */
export function plainNumber(text: string): string {
  return text.replace(/[\s()/.-]/g, '').replace(/^00(?=[1-9])/, '+');
}

export function excludes(pattern: string, number: string): boolean {
  return pattern.endsWith('*') ? number.startsWith(pattern.slice(0, -1)) : number === pattern;
}

export function checkExcluded({ name, body }: { name: string; body: ExcludedNumber }, check: Check): void {
  check.name(name);
  check.needed('pattern', body.pattern);
  check.that(!body.pattern || /^\+?\d{1,20}\*?$/.test(body.pattern), 'pattern', 'manager.check_pattern');
}

export function ExcludedForm({ name, setName, body, set, wrong }: FormProps<ExcludedNumber>) {
  const t = useTexts();
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} />
        <TextInput
          label={t('manager.pattern')} description={t('manager.pattern_more')} value={body.pattern} error={wrong('pattern')} required maxLength={32} placeholder="+49900*" autoComplete="off"
          onChange={(e) => set({ pattern: plainNumber(e.currentTarget.value) })}
        />
        <Select
          label={t('manager.why')} value={body.why} error={wrong('why')} data={whys.map((value) => ({ value, label: t(`manager.why_${value}`) }))}
          onChange={(why) => set({ why: why as ExcludedNumber['why'] })}
        />
      </div>
      <Textarea
        label={t('manager.note')} value={body.note} error={wrong('note')} maxLength={1000} autosize minRows={2} onChange={(e) => set({ note: e.currentTarget.value })}
      />
    </>
  );
}

/** Would this number be called? */
export function TryNumber() {
  const t = useTexts();
  const [typed, type] = useState('');
  const all = useAll(excludedNumbers);
  const number = plainNumber(typed);
  const hit = all.filter((n) => excludes(n.body.pattern, number)).sort((a, b) => b.body.pattern.length - a.body.pattern.length)[0];
  return (
    <div className="try-number">
      <TextInput
        size="xs" aria-label={t('manager.try_number')} placeholder={t('manager.try_number')} value={typed} inputMode="tel" autoComplete="off"
        onChange={(e) => type(e.currentTarget.value)}
      />
      <output>
        {number === '' ? null : hit ? (
          <span className="tag tag-bad">{t('manager.number_excluded', { pattern: hit.body.pattern, why: t(`manager.why_${hit.body.why}`) })}</span>
        ) : (
          <span className="tag tag-good">{t('manager.number_free')}</span>
        )}
      </output>
    </div>
  );
}
