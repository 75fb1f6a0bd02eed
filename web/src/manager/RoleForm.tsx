import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../app/session';
import { useTexts, type Key } from '../kit/texts';
import { DescriptionField, NameField, Section, type Check, type FormProps } from './form';
import type { CustomRole } from './kinds';
import { permissions } from './UserForm';

type Right = CustomRole['rights'][number];

const rights: readonly Right[] = [
  'people.read', 'people.change', 'routing.read', 'routing.change', 'workflows.read', 'workflows.change', 'chat.read', 'chat.change', 'knowledge.read', 'knowledge.change',
  'mail.read', 'mail.change', 'mail.handle', 'outside.read', 'outside.change', 'customers.read', 'customers.change', 'customers.remove', 'contacts.read', 'contacts.steer',
  'contacts.erase', 'floor.read', 'floor.change', 'reports.read', 'requests.handle', 'audit.read',
];

const alone: readonly string[] = ['mail.handle', 'requests.handle'];

export const rightTitle = (right: string) => `manager.right_${right.replace('.', '_')}` as Key;

export function checkRole({ name }: { name: string }, check: Check): void {
  check.name(name);
}

/** Who may change something sees it: the right to see goes with the right to change, and away with it. */
function joined(before: readonly Right[], chosen: readonly Right[]): Right[] {
  const seen = (r: Right) => `${r.split('.')[0]}.read` as Right;
  const taken = before.filter((r) => !chosen.includes(r));
  const kept = chosen.filter((r) => alone.includes(r) || !taken.includes(seen(r)));
  const needed = kept.filter((r) => !alone.includes(r)).map(seen);
  return rights.filter((r) => kept.includes(r) || needed.includes(r));
}

/** What those may do who have the role; one hands on just what one may do oneself. */
export function RoleForm({ name, setName, body, set, wrong }: FormProps<CustomRole>) {
  const t = useTexts();
  const mine = useQuery(meQuery).data?.rights ?? [];
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <Section title={t('manager.rights')} more={t('manager.rights_more')}>
        <Checkbox.Group aria-label={t('manager.rights')} value={body.rights} error={wrong('rights')} onChange={(chosen) => set({ rights: joined(body.rights, chosen as Right[]) })}>
          <div className="pair">
            {rights.map((r) => (
              <Checkbox key={r} value={r} label={t(rightTitle(r))} disabled={!mine.includes(r) && !body.rights.includes(r)} />
            ))}
          </div>
        </Checkbox.Group>
      </Section>
      <Section title={t('manager.permissions')} more={t('manager.role_permissions_more')}>
        <Checkbox.Group
          aria-label={t('manager.permissions')} value={body.permissions} error={wrong('permissions')} onChange={(chosen) => set({ permissions: chosen as CustomRole['permissions'] })}
        >
          <div className="pair">
            {permissions.map((p) => (
              <Checkbox key={p} value={p} label={t(`manager.permission_${p}`)} />
            ))}
          </div>
        </Checkbox.Group>
      </Section>
    </>
  );
}
