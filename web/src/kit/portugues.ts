import app from '@texts/portugues/app.json';
import kit from '@texts/portugues/kit.json';
import desk from '@texts/portugues/desk.json';
import mail from '@texts/portugues/mail.json';
import designer from '@texts/portugues/designer.json';
import manager from '@texts/portugues/manager.json';
import setup from '@texts/portugues/setup.json';
import supervisor from '@texts/portugues/supervisor.json';

const texts: Record<string, string> = { ...app, ...kit, ...desk, ...mail, ...manager, ...designer, ...setup, ...supervisor };
export default texts;
