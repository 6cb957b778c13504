import PushSender

/// Where in JSON or XML a tag stands, followed over the text between the tags.
struct TextPlace: Equatable {
    private enum State: Equatable {
        case plain
        /// JSON between strings, in one, and right after a backslash in it.
        case json, string, backslash
        /// XML between tags, right after `<`, in a tag, and in an attribute's value.
        case content, opening, markup
        case attribute(quote: Unicode.Scalar)
    }

    private var state: State

    init(_ form: TextForm) {
        state =
            switch form {
            case .plain: .plain
            case .json: .json
            case .xml: .content
            }
    }

    /// Whether values are escaped here.
    var isEscaped: Bool { state != .plain }

    /// Whether a tag here stands outside of JSON's strings.
    /// - Throws: why there may be no such tag here.
    func isBare(isSection: Bool) throws(TextProblem) -> Bool {
        switch state {
        case .plain, .string, .content, .attribute: return false
        case .json: return true
        case .backslash:
            throw TextProblem(#"a tag stands right after a backslash, which would take its value apart; write \\ for a backslash"#)
        case .opening, .markup:
            guard isSection else {
                throw TextProblem("a tag stands within <…>, outside of quotes, where it could be anything; put it between quotes")
            }
            return false
        }
    }

    /// JSON and XML are made of Unicode's scalars, whatever a person takes for a character: an accent after a quote doesn't undo the quote.
    mutating func read(_ character: Character) throws(TextProblem) {
        for scalar in character.unicodeScalars { try read(scalar) }
    }

    private mutating func read(_ scalar: Unicode.Scalar) throws(TextProblem) {
        switch (state, scalar) {
        case (.json, "\""): state = .string
        case (.string, "\""): state = .json
        case (.string, "\\"): state = .backslash
        case (.backslash, _): state = .string
        case (.content, "<"): state = .opening
        case (.opening, "!"):
            throw TextProblem("comments and CDATA can't be followed here; write the text itself, with &lt; for < and &amp; for &")
        case (.opening, ">"), (.markup, ">"): state = .content
        case (.opening, _): state = .markup
        case (.markup, "\""), (.markup, "'"): state = .attribute(quote: scalar)
        case (.attribute(let quote), _) where scalar == quote: state = .markup
        default: break
        }
    }
}
