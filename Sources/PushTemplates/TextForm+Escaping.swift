import Mustache
import PushSender

extension TextForm {
    /// The line before a template that says how values are written into it.
    var pragma: String {
        _ = Self.areRegistered
        return switch self {
        case .plain: "{{% CONTENT_TYPE: TEXT }}\n"
        case .json: "{{% CONTENT_TYPE: herald.json }}\n"
        case .xml: "{{% CONTENT_TYPE: herald.xml }}\n"
        }
    }

    private static let areRegistered: Bool = {
        MustacheContentTypes.register(JSONContent(), named: "herald.json")
        MustacheContentTypes.register(XMLContent(), named: "herald.xml")
        return true
    }()
}

/// RFC 8259 §7
private struct JSONContent: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += #"\""#
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\r": escaped += #"\r"#
            case "\t": escaped += #"\t"#
            case "\u{0}"..."\u{1F}": escaped += #"\u00"# + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// https://www.w3.org/TR/xml/#syntax, for text and for values of attributes in quotes of either sort. What no XML can hold is left out.
private struct XMLContent: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\r", "\t": escaped += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
