/// What a text is part of, and so how values are written into it.
public enum TextForm: Sendable, Hashable {
    /// For people: values as they are.
    case plain
    /// JSON text (RFC 8259): values with JSON's escapes.
    case json
    /// XML 1.0: values with XML's escapes.
    case xml

    /// What a payload of any kind is, by the first character that is neither space nor part of a tag.
    init(guessedFrom text: String) {
        var rest = text[...].drop(while: \.isWhitespace)
        while rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") {
            rest = rest[end.upperBound...].drop(while: \.isWhitespace)
        }
        self =
            switch rest.first {
            case "{", "[": .json
            case "<": .xml
            default: .plain
            }
    }
}
