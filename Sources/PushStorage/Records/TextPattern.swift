import PushSender

/// A pattern to find text by, as an expression that both databases understand.
///
/// `regexp_match` is PostgreSQL's; SQLite has one from us (``RegularExpressions``).
struct TextPattern {
    let expression: String
    let ignoresCase: Bool

    /// - Parameter text: an SQL expression.
    func isIn(_ text: String) -> SQLFragment {
        SQLFragment("regexp_match(\(text), ?, ?) IS NOT NULL", [.text(expression), .text(ignoresCase ? "i" : "")])
    }

    /// `%` is any text, `_` any one character, and it may stand anywhere.
    init(like pattern: String, ignoresCase: Bool) {
        expression = pattern.unicodeScalars.reduce(into: "") { expression, scalar in
            switch scalar {
            case "%": expression += ".*"
            case "_": expression += "."
            case "\\", "^", "$", ".", "|", "?", "*", "+", "(", ")", "[", "]", "{", "}": expression += "\\" + String(scalar)
            default: expression.unicodeScalars.append(scalar)
            }
        }
        self.ignoresCase = ignoresCase
    }

    init(_ expression: String, ignoresCase: Bool) {
        self.expression = expression
        self.ignoresCase = ignoresCase
    }
}
