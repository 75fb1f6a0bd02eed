/** Short names of the server's shapes that the desk uses. */
import type { components } from '../api/schema';

export type ResponseObject = components['schemas']['ObjectResponse'];
export type ResponseBody = components['schemas']['Response'];
export type ChatSettings = components['schemas']['ChatSettings'];

export type Address = components['schemas']['CustomerAddress'];
export type Customer = components['schemas']['Customer'];
export type CustomerInput = components['schemas']['CustomerBody'];
export type PastContact = components['schemas']['CustomerContact'];
