/** Shapes of the server's answers that the generated types do not hold yet, and short names of those that they do. */
import type { components } from '../api/schema';

export type ResponseObject = components['schemas']['ObjectResponse'];
export type ResponseBody = components['schemas']['Response'];
export type ChatSettings = components['schemas']['ChatSettings'];

export type Address = components['schemas']['CustomerAddress'];
export type Customer = components['schemas']['Customer'];
export type CustomerInput = components['schemas']['CustomerBody'];
export type PastContact = components['schemas']['CustomerContact'];

/** My day. mean_rating is absent until somebody has rated. */
export interface Day {
  handled: number;
  mean_handle_s: number;
  mean_rating?: number;
  worked_s?: number;
}
