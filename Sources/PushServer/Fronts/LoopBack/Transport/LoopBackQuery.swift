import Foundation

/// Parameters of a query or a form, with brackets for what stands within what: `filter[where][badge][inq][]=3`.
enum LoopBackQuery {
    private static let mostParameters = 1000
    private static let nestingLevels = 20

    /// - Returns: an object of strings, arrays and objects. Parameters beyond the thousandth are passed over.
    static func value(_ text: some StringProtocol) -> LoopBackValue {
        var tree = Tree()
        for pair in text.split(separator: "&", omittingEmptySubsequences: true).prefix(mostParameters) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else { continue }
            tree.add(decoded(parts.count == 2 ? parts[1] : ""), at: path(decoded(parts[0]))[...])
        }
        return tree.object
    }

    /// `a[b][]` is `a`, `b`, and an empty name.
    private static func path(_ name: String) -> [String] {
        guard let bracket = name.firstIndex(of: "["), bracket > name.startIndex, name.hasSuffix("]") else { return [name] }
        let rest = name[bracket...].dropFirst().dropLast()
        let names = rest.split(separator: "][", maxSplits: nestingLevels, omittingEmptySubsequences: false)
        return [String(name[..<bracket])] + names.map(String.init)
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        let plain = String(text).replacing("+", with: " ")
        let decoded = plain.removingPercentEncoding ?? plain
        return decoded.utf8.contains(0) ? decoded.replacing("\0", with: "\u{FFFD}") : decoded
    }

    /// What a name leads to.
    private struct Tree {
        private var texts: [String] = []
        private var names: [String] = []
        private var branches: [String: Tree] = [:]

        mutating func add(_ text: String, at path: ArraySlice<String>) {
            guard let first = path.first else { return texts.append(text) }
            // `[]` is the next one.
            let name = first.isEmpty ? String(names.count) : first
            if branches[name] == nil { names.append(name) }
            branches[name, default: Tree()].add(text, at: path.dropFirst())
        }

        var object: LoopBackValue { .object(names.map { .init(name: $0, value: branches[$0]?.value ?? .null) }) }

        private var value: LoopBackValue {
            guard !names.isEmpty else { return texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) }) }
            return object.numbered.map { .array($0) } ?? object
        }
    }
}
