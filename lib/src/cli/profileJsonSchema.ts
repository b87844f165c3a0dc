/** `elephant plan --schema`: the JSON schema of a profile, with its own values as defaults. Pure. */
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { profile as namedProfile } from '../experiments/profiles';
import { schemaOf } from '../experiments/profiles/schema';

interface Metadata {
  expects?: string;
  decisions?: JsonSchema['enum'];
}

/** @throws InputError for an unknown profile or an invalid override. */
export function profileJsonSchema(name: string, set: readonly string[]): JsonSchema {
  const profile = namedProfile(name, set);
  const schema = toJsonSchema(schemaOf(profile, namedProfile(name)), {
    // JSON has no other numbers.
    ignoreActions: ['finite'],
    overrideAction: ({ valibotAction: action, jsonSchema }) => {
      // The only check that kinds have: each entry of a list occurs once.
      if (action.type === 'check') return { ...jsonSchema, uniqueItems: true };
      if (action.type !== 'metadata') return jsonSchema;
      // The decisions are the only part of a kind that the schema does not say itself.
      const { expects: _, decisions = [], ...rest } = jsonSchema as JsonSchema & Metadata;
      return decisions.length === 0 ? rest : { ...rest, decisions };
    },
  });
  return { title: `Profile ${name}`, ...withDefaults(schema, profile) };
}

/** Adds the profile's values to the properties that have no properties of their own. */
function withDefaults(schema: JsonSchema, value: unknown): JsonSchema {
  if (value === undefined) return schema;
  if (schema.properties === undefined) return { ...schema, default: value as JsonSchema['default'] };
  const properties = Object.entries(schema.properties).map(([key, property]) => [
    key,
    withDefaults(property as JsonSchema, (value as Record<string, unknown>)[key]),
  ]);
  return { ...schema, properties: Object.fromEntries(properties) as JsonSchema['properties'] };
}
