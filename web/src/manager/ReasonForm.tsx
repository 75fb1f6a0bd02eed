import { useTexts } from '../kit/texts';
import { DescriptionField, NameField, type Check, type FormProps } from './form';
import type { Reason } from './kinds';

export function checkReason({ name }: { name: string }, check: Check): void {
  check.name(name);
}

/** A reason has a name; what it is for is the subject that it was made in. */
export function ReasonForm({ name, setName, body, set, wrong }: FormProps<Reason>) {
  const t = useTexts();
  return (
    <>
      <NameField
        name={name} setName={setName} wrong={wrong}
        hint={t(body.use === 'disposition' ? 'manager.use_disposition_more' : 'manager.use_unavailable_more')}
      />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
    </>
  );
}
