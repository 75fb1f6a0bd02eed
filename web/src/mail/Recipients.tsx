import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import { isAddress, parsed, written } from './addresses';
import type { MailAddress } from './types';

interface Props {
  label: string;
  value: readonly MailAddress[];
  onChange: (value: MailAddress[]) => void;
  /** Addresses to choose from. */
  known: readonly string[];
  autoFocus?: boolean;
}

/** The addresses of a mail, each by itself. What is typed becomes one by Enter, a comma, or leaving the field. */
export function Recipients({ label, value, onChange, known, autoFocus }: Props) {
  const t = useTexts();
  const [typed, type] = useState('');
  const wrong = value.find((a) => !isAddress(a.address));
  return (
    <div className="mail-row">
      <span aria-hidden="true">{label}</span>
      <TagsInput
        size="xs" aria-label={label} value={value.map(written)} searchValue={typed} onSearchChange={type} splitChars={[',', ';']} acceptValueOnBlur maxTags={200}
        data={known.filter((k) => !value.some((v) => written(v) === k))} data-autofocus={autoFocus || undefined} autoFocus={!!autoFocus}
        comboboxProps={{ withinPortal: false }} error={wrong ? t('mail.address_wrong', { address: wrong.address }) : undefined}
        onChange={(all) => onChange(all.map(parsed).filter((a) => a.address !== ''))}
      />
    </div>
  );
}
