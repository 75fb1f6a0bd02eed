import app from '@texts/francais/app.json';
import kit from '@texts/francais/kit.json';
import desk from '@texts/francais/desk.json';
import mail from '@texts/francais/mail.json';
import designer from '@texts/francais/designer.json';
import manager from '@texts/francais/manager.json';
import setup from '@texts/francais/setup.json';
import supervisor from '@texts/francais/supervisor.json';

const texts: Record<string, string> = { ...app, ...kit, ...desk, ...mail, ...manager, ...designer, ...setup, ...supervisor };
export default texts;
