import PushSender

/// A line of a file that was not taken.
public struct RefusedLine: Sendable, Encodable {
    /// The first is 1.
    public let line: Int
    /// The field at fault, as the API spells it; nil where it is the line as a whole.
    public let field: String?
    /// What is wrong and what to do about it.
    public let problem: String
    /// The line as it came; of a very long one the beginning.
    public let text: String

    private static let textLimitBytes = 262_144

    init(_ line: Int, _ problem: Problem, _ text: some Sequence<UInt8>) {
        self.line = line
        field = problem.field
        self.problem = problem.code == "malformed_json" ? "this is no JSON; give one object, in UTF-8" : problem.detail
        self.text = String(decoding: Array(text.prefix(Self.textLimitBytes)), as: UTF8.self)
    }

    /// One line of JSON.
    public func json() throws -> String { String(decoding: try JSONReply.encode(self), as: UTF8.self) }
}
