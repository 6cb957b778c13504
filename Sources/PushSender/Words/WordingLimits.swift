/// How much words may be.
public struct WordingLimits: Sendable {
    /// All texts of a notification and of its locales together.
    public var allTextsBytes = 65_536
    public var locales = 100
    public var variables = 50
    public var variableNameBytes = 64
    /// A text, or all of a list's together.
    public var variableBytes = 4096
    public var listItems = 64

    public init() {}
}
