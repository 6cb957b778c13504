/// Why a text is no audience expression.
public struct AudienceExpressionProblem: Error, Sendable, Hashable {
    /// What stands there: `"&&" means nothing here`.
    public let problem: String
    /// What could stand there instead: `write "and"`.
    public let remedy: String
    /// How many characters stand before what is wrong.
    public let offset: Int
    /// The whole text.
    public let text: String

    init(_ problem: String, _ remedy: String, at offset: Int, of text: String) {
        self.problem = problem
        self.remedy = remedy
        self.offset = offset
        self.text = text
    }

    /// As an answer to a request whose `field` holds the text.
    public func pushProblem(field: String) -> PushProblem { PushProblem(.invalidField, field: field, description) }
}

extension AudienceExpressionProblem: CustomStringConvertible {
    private static let shownCharacters = 40

    /// A sentence, then the line of text that it is about, and a caret below the place.
    public var description: String {
        let characters = Array(text)
        let before = characters[..<offset].suffix(Self.shownCharacters).map(Self.shown)
        let after = characters[offset...].prefix(Self.shownCharacters).map(Self.shown)
        let line = (before + after).joined()
        return "\(problem); \(remedy) (character \(offset))\n\(line)\n\(String(repeating: " ", count: before.count))^"
    }

    /// In one column of one line.
    private static func shown(_ character: Character) -> String {
        character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : String(character)
    }
}
