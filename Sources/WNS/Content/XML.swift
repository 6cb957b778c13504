/// Writes an element; nil attributes are left out.
func element(_ name: String, _ attributes: [(name: String, value: String?)] = [], _ content: String = "") -> String {
    var start = "<" + name
    for case (let name, let value?) in attributes { start += " \(name)=\"\(escaped(value))\"" }
    return content.isEmpty ? start + "/>" : "\(start)>\(content)</\(name)>"
}

/// Text as XML 1.0 allows it, in an element or in an attribute. Characters that no XML may have are dropped.
func escaped(_ text: String) -> String {
    var result = ""
    result.unicodeScalars.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&apos;"
        // An attribute's line ends would become blanks.
        case "\n": result += "&#10;"
        case "\r": result += "&#13;"
        case "\t": result += "&#9;"
        case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
