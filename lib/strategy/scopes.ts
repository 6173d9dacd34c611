import type { Program } from 'acorn'
import { childrenOf, type Node } from './syntax.ts'

/** A name the code declares. */
export interface Binding {
  readonly name: string
  /** declared at the top level of the module */
  readonly module: boolean
  readonly kind: 'const' | 'let' | 'var' | 'function' | 'class' | 'parameter'
  /** what a plain declaration is initialised with */
  readonly init: Node | null
}

/** One use of a name. */
export interface Reference {
  readonly node: Node
  readonly name: string
  /** undefined: a global */
  readonly binding: Binding | undefined
  /** whether it stands inside a function */
  readonly inFunction: boolean
}

/** Every use of a name in the module, by its identifier node. */
export type References = ReadonlyMap<Node, Reference>

interface Scope {
  readonly names: Map<string, Binding>
  readonly outer: Scope | null
  readonly inFunction: boolean
}

/** Resolves every identifier that is used as a name: what it is bound to, or that it is a global. */
export function resolveNames(tree: Program): References {
  const references = new Map<Node, Reference>()
  const visit = (node: Node, scope: Scope): void => {
    switch (node.type) {
      case 'Identifier':
        references.set(node, { node, name: node.name, binding: lookUp(scope, node.name), inFunction: scope.inFunction })
        return
      case 'MemberExpression':
        visit(node.object, scope)
        if (node.computed) visit(node.property, scope)
        return
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) visit(node.key, scope)
        if (node.value) visit(node.value, scope)
        return
      case 'LabeledStatement':
        visit(node.body, scope)
        return
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return
      case 'ExportSpecifier':
        visit(node.local, scope)
        return
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const inside = scopeIn(scope, true)
        if (node.type === 'FunctionExpression' && node.id) bind(inside, node.id.name, 'function', false, null)
        for (const parameter of node.params)
          for (const name of boundNames(parameter)) bind(inside, name, 'parameter', false, null)
        for (const parameter of node.params) visit(parameter, inside)
        // Defaults of parameters do not see what the body declares.
        if (node.body.type === 'BlockStatement') visitFunctionBody(node.body, inside)
        else visit(node.body, inside)
        return
      }
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const inside = scopeIn(scope)
        if (node.id) bind(inside, node.id.name, 'class', false, null)
        if (node.superClass) visit(node.superClass, inside)
        visit(node.body, inside)
        return
      }
      case 'StaticBlock':
        visitFunctionBody(node, scope)
        return
      case 'SwitchStatement': {
        visit(node.discriminant, scope)
        const inside = scopeIn(scope)
        hoist(blockStatements(node), inside, false)
        for (const each of node.cases) visit(each, inside)
        return
      }
      case 'BlockStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'CatchClause': {
        const inside = scopeIn(scope)
        if (node.type === 'CatchClause' && node.param) {
          for (const name of boundNames(node.param)) bind(inside, name, 'let', false, null)
        }
        hoist(blockStatements(node), inside, false)
        for (const child of childrenOf(node)) visit(child, inside)
        return
      }
      default:
        for (const child of childrenOf(node)) visit(child, scope)
    }
  }
  const visitFunctionBody = (block: Node, outer: Scope): void => {
    const inside = scopeIn(outer)
    hoist(block.body, inside, true)
    for (const statement of block.body) visit(statement, inside)
  }
  const module: Scope = { names: new Map(), outer: null, inFunction: false }
  hoist(tree.body as Node[], module, true)
  for (const statement of tree.body as Node[]) visit(statement, module)
  return references
}

const scopeIn = (outer: Scope, inFunction = outer.inFunction): Scope => ({ names: new Map(), outer, inFunction })

function lookUp(scope: Scope | null, name: string): Binding | undefined {
  for (let at = scope; at !== null; at = at.outer) {
    const binding = at.names.get(name)
    if (binding !== undefined) return binding
  }
  return undefined
}

function bind(scope: Scope, name: string, kind: Binding['kind'], module: boolean, init: Node | null): void {
  scope.names.set(name, { name, kind, module, init })
}

function blockStatements(node: Node): Node[] {
  if (node.type === 'SwitchStatement') return node.cases.flatMap((each: Node) => each.consequent)
  if (node.type === 'ForStatement') return node.init ? [node.init] : []
  if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') return [node.left]
  return Array.isArray(node.body) ? node.body : []
}

/** Binds what the statements declare before they are read: names stand in their whole scope. */
function hoist(statements: Node[], scope: Scope, isFunctionScope: boolean): void {
  const module = scope.outer === null
  for (const each of statements) {
    const statement: Node = each.type.startsWith('Export') && each.declaration ? each.declaration : each
    if (statement.type === 'VariableDeclaration' && (statement.kind !== 'var' || isFunctionScope))
      declareAll(statement, scope, module)
    if ((statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') && statement.id) {
      bind(scope, statement.id.name, statement.type === 'FunctionDeclaration' ? 'function' : 'class', module, null)
    }
    if (statement.type === 'ImportDeclaration')
      for (const { local } of statement.specifiers) bind(scope, local.name, 'const', module, null)
    if (isFunctionScope) hoistVars(statement, scope, module)
  }
}

/** `var` inside blocks belongs to the function. */
function hoistVars(node: Node, scope: Scope, module: boolean): void {
  if (/Function|Class/.test(node.type)) return
  for (const child of childrenOf(node)) {
    if (child.type === 'VariableDeclaration' && child.kind === 'var') declareAll(child, scope, module)
    hoistVars(child, scope, module)
  }
}

function declareAll(declaration: Node, scope: Scope, module: boolean): void {
  for (const { id, init } of declaration.declarations) {
    for (const name of boundNames(id))
      bind(scope, name, declaration.kind, module, id.type === 'Identifier' ? init : null)
  }
}

/** The names a pattern binds. */
export function boundNames(pattern: Node | null): string[] {
  if (pattern === null) return []
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((each: Node) =>
        boundNames(each.type === 'RestElement' ? each.argument : each.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((each: Node | null) => boundNames(each))
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    default:
      return []
  }
}
