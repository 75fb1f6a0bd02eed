import app from '@texts/deutsch/app.json';
import kit from '@texts/deutsch/kit.json';
import desk from '@texts/deutsch/desk.json';
import mail from '@texts/deutsch/mail.json';
import designer from '@texts/deutsch/designer.json';
import manager from '@texts/deutsch/manager.json';
import setup from '@texts/deutsch/setup.json';
import supervisor from '@texts/deutsch/supervisor.json';

const texts: Record<string, string> = { ...app, ...kit, ...desk, ...mail, ...manager, ...designer, ...setup, ...supervisor };
export default texts;
