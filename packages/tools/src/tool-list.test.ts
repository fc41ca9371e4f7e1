import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { textOf } from '../../../test/support/repository.ts'
import { MAX_TOOLS, tools } from './tool-list.ts'

describe('the list of tools', () => {
  it('is short, and each name is there once', () => {
    expect(tools.length).toBeLessThanOrEqual(MAX_TOOLS)
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length)
  })

  it('takes little of a context: descriptions and schemas together', () => {
    const length = JSON.stringify(
      tools.map(({ name, description, input }) => [name, description, z.toJSONSchema(input, { io: 'input' })]),
    ).length
    expect(length).toBeLessThan(17_500)
  })
})

describe('docs/mcp.md', () => {
  it('has a row with the scope of each tool, and of nothing else', () => {
    const rows = [...textOf('docs/mcp.md').matchAll(/^\| `(\w+)` \| .+ \| `(\w+)` \|$/gm)].map(([, name, scope]) => [name, scope])
    expect(rows.sort()).toEqual(tools.map(({ name, scope }) => [name, scope]).sort())
  })
})

describe.each(tools.map((tool) => [tool.name, tool] as const))('%s', (name, { description, input, scope }) => {
  it('has a name of a noun and a verb, and a description that a model can choose by', () => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/)
    expect(description.length).toBeGreaterThan(100)
    expect(description.length).toBeLessThan(700)
  })

  it('has plain arguments, each described or an enumeration, and refuses others', () => {
    const schema = z.toJSONSchema(input, { io: 'input' }) as {
      type: string
      additionalProperties: boolean
      properties?: Record<string, object>
    }
    expect([schema.type, schema.additionalProperties]).toEqual(['object', false])
    expect(JSON.stringify(schema)).not.toContain('$ref')
    const bare = Object.entries(schema.properties ?? {}).filter(([, one]) => !('description' in one) && !('enum' in one))
    expect(bare.map(([argument]) => argument).filter((argument) => !['task_name', 'github_issue_id', 'status'].includes(argument))).toEqual(
      [],
    )
  })

  it('says by its scope whether it writes', () => {
    expect(scope).toBe(/^(task_(create|update)|report_progress|ask_for_input)$/.test(name) ? 'write' : 'read')
  })
})
