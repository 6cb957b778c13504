/// Versions of apps in a form whose bytes compare as the versions do: `2.9 < 2.10`, `2.0-beta < 2.0-beta.2 < 2.0 = 2 < 2.0.1`.
///
/// As Semantic Versioning 2.0.0 §11 has it, for any number of numbers; a leading `v` and what follows a `+` or a space says nothing, and
/// what else follows the numbers makes it older than they are alone (`2.0b3`). Text without a number is older than any version.
public enum VersionKey {
    /// Empty for an empty version only.
    public static func of(_ version: String) -> String {
        guard !version.isEmpty else { return "" }
        var rest = version.utf8.prefix { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: " ") }
        if rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "v"), leadingDigits(rest.dropFirst()) != nil { rest = rest.dropFirst() }
        var numbers: [String] = []
        while let digits = leadingDigits(rest) {
            numbers.append(key(of: digits, firstLength: "a"))
            rest = rest.dropFirst(digits.utf8.count)
            guard rest.first == UInt8(ascii: "."), leadingDigits(rest.dropFirst()) != nil else { break }
            rest = rest.dropFirst()
        }
        while numbers.last == "a0" { numbers.removeLast() }
        return numbers.joined() + (rest.isEmpty ? "." : "-" + prerelease(rest))
    }

    /// Each part ends in what is less than whatever may stand in its place.
    private static func prerelease(_ text: Substring.UTF8View) -> String {
        let text = Substring(text)
        return (text.hasPrefix("-") ? text.dropFirst() : text).split(separator: ".").map { part in
            let isNumber = part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return (isNumber ? key(of: String(part), firstLength: "A") : "a" + part) + "!"
        }.joined()
    }

    private static func leadingDigits(_ text: Substring.UTF8View) -> String? {
        let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? nil : String(Substring(digits))
    }

    /// How many digits, as a letter, and the digits: so a longer number is a larger one.
    private static func key(of digits: String, firstLength: Unicode.Scalar) -> String {
        let significant = digits.drop { $0 == "0" }
        let number = significant.isEmpty ? "0" : String(significant)
        let length = UInt8(firstLength.value) + UInt8(min(number.utf8.count, 26) - 1)
        return String(UnicodeScalar(length)) + number
    }
}
