/** What a statement is, by the root of its syntax tree. */
export const readRoots: ReadonlySet<string> = new Set(['SelectWithUnionQuery', 'SelectIntersectExceptQuery', 'Explain', 'ShowTables', 'ShowColumns', 'ShowFunctions', 'ShowSetting',
  'ShowEngineQuery', 'ShowProcesslistQuery', 'ShowCreateTableQuery', 'ShowCreateViewQuery', 'ShowCreateDatabaseQuery', 'ShowGrantsQuery', 'DescribeQuery', 'ExistsTableQuery',
  'ExistsViewQuery', 'ExistsDatabaseQuery', 'ExistsDictionaryQuery', 'CheckQuery'])

/** Statements that change nothing but the connection. */
export const sessionRoots: ReadonlySet<string> = new Set(['Set', 'UseQuery'])

export const writeRoots: ReadonlySet<string> = new Set(['InsertQuery', 'CreateQuery', 'DropQuery', 'UndropQuery', 'TruncateQuery', 'AlterQuery', 'DeleteQuery', 'UpdateQuery',
  'OptimizeQuery', 'Rename', 'KillQueryQuery', 'CreateIndexQuery', 'DropIndexQuery', 'CreateSQLFunctionQuery', 'DropFunctionQuery', 'SYSTEM query'])

/** Nodes inside of statements. */
export const innerNodes: ReadonlySet<string> = new Set(['ExpressionList', 'Set', 'Function', 'Literal', 'Identifier', 'TableIdentifier', 'Asterisk', 'QualifiedAsterisk', 'ColumnsRegexpMatcher',
  'ColumnsListMatcher', 'QualifiedColumnsRegexpMatcher', 'QualifiedColumnsListMatcher', 'ColumnsTransformerList', 'ColumnsApplyTransformer', 'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer', 'ColumnsReplaceTransformer::Replacement', 'Subquery', 'SelectQuery', 'TablesInSelectQuery', 'TablesInSelectQueryElement', 'TableExpression', 'TableJoin',
  'ArrayJoin', 'SampleRatio', 'OrderByElement', 'InterpolateElement', 'WindowDefinition', 'WindowListElement', 'WithElement', 'DataType', 'EnumDataType', 'TupleDataType', 'NameTypePair',
  'ASTObjectTypeArgument', 'ObjectTypedPath', 'Columns definition', 'ColumnDeclaration', 'Storage definition', 'Index', 'Constraint', 'Projection', 'ProjectionSelectQuery',
  'StorageOrderByElement', 'StorageOrderBy', 'TTLElement', 'Stat', 'ViewTargets', 'View SQL Security', 'Refresh strategy definition', 'TimeInterval', 'AlterCommand', 'Assignment', 'Partition', 'Collation',
  'QueryParameter'])

/** Kinds of ALTER: of the table itself, and never of a disk, another server or a copy of the data. */
export const alterCommands: ReadonlySet<string> = new Set(['ADD_COLUMN', 'DROP_COLUMN', 'MODIFY_COLUMN', 'COMMENT_COLUMN', 'RENAME_COLUMN', 'MATERIALIZE_COLUMN', 'MODIFY_ORDER_BY',
  'MODIFY_SAMPLE_BY', 'REMOVE_SAMPLE_BY', 'MODIFY_TTL', 'MATERIALIZE_TTL', 'REMOVE_TTL', 'REWRITE_PARTS', 'MODIFY_SETTING', 'RESET_SETTING', 'MODIFY_QUERY', 'MODIFY_REFRESH', 'ADD_INDEX',
  'DROP_INDEX', 'MATERIALIZE_INDEX', 'ADD_STATISTICS', 'DROP_STATISTICS', 'MODIFY_STATISTICS', 'MATERIALIZE_STATISTICS', 'ADD_CONSTRAINT', 'DROP_CONSTRAINT', 'MODIFY_CONSTRAINT', 'ADD_PROJECTION', 'DROP_PROJECTION',
  'MATERIALIZE_PROJECTION', 'DROP_PARTITION', 'DROP_DETACHED_PARTITION', 'FORGET_PARTITION', 'REPLACE_PARTITION', 'ATTACH_PARTITION', 'MOVE_PARTITION', 'DELETE', 'UPDATE', 'NO_TYPE', 'MODIFY_COMMENT', 'APPLY_DELETED_MASK',
  'APPLY_PATCHES', 'MODIFY_SQL_SECURITY'])

/** SYSTEM statements, in the engine's own wording. */
export const systemStatements = /^SYSTEM (?:(?:START|STOP) (?:TTL )?MERGES|FLUSH (?:LOGS|ASYNC INSERT QUEUE)|(?:DROP|CLEAR) (?:MARK|UNCOMPRESSED|QUERY|QUERY CONDITION|PRIMARY INDEX|INDEX MARK|INDEX UNCOMPRESSED) CACHE|(?:REFRESH|START|STOP|CANCEL|WAIT) VIEWS?|SYNC)\b/
