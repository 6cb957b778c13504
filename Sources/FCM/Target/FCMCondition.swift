/// An expression over topics: `'a' in topics && ('b' in topics || !('c' in topics))`.
public struct FCMCondition: Sendable, Hashable {
    /// Exactly as it was given.
    public let text: String
    /// In the order in which they stand.
    public let topics: [FCMTopic]

    /// - Parameter text: one to five topics, joined by `&&` and `||`, with `!` and parentheses, at most 8192 bytes.
    /// - Throws: `invalidField` naming `condition`; `topic` for a name that is none.
    public init(_ text: String) throws(FCMError) {
        try check(text.utf8.count <= FCMLimits.conditionBytes, "condition", "shorten it to \(FCMLimits.conditionBytes) bytes")
        var reader = Reader(rest: text[...])
        try reader.read()
        try check(
            reader.topics.count <= FCMLimits.conditionTopics, "condition",
            "name 1 to \(FCMLimits.conditionTopics) topics, not \(reader.topics.count)")
        self.text = text
        topics = reader.topics
    }

    /// From left to right, without recursion: thousands of parentheses are only slow.
    private struct Reader {
        var rest: Substring
        var topics: [FCMTopic] = []
        private var openParentheses = 0

        init(rest: Substring) { self.rest = rest }

        mutating func read() throws(FCMError) {
            repeat { try readOperand() } while try readOperator()
            try check(openParentheses == 0, "condition", "a parenthesis is not closed")
        }

        /// `!`s and opening parentheses, a topic, closing parentheses.
        private mutating func readOperand() throws(FCMError) {
            while true {
                if take("(") { openParentheses += 1 } else if !take("!") { break }
            }
            try readTopic()
            while take(")") { openParentheses -= 1 }
            try check(openParentheses >= 0, "condition", "a parenthesis is closed that was not opened")
        }

        private mutating func readTopic() throws(FCMError) {
            let isQuoted = take("'")
            let name = rest.prefix { $0 != "'" }
            rest = rest.dropFirst(name.count)
            try check(isQuoted && rest.first == "'", "condition", Self.form)
            rest = rest.dropFirst()
            topics.append(try FCMTopic(String(name)))
            try check(take("in ") && take("topics"), "condition", Self.form)
        }

        /// - Returns: whether another operand follows.
        private mutating func readOperator() throws(FCMError) -> Bool {
            if take("&&") || take("||") { return true }
            try check(rest.isEmpty, "condition", "join the topics with && and ||")
            return false
        }

        /// Spaces around it are passed over.
        private mutating func take(_ sign: String) -> Bool {
            skipSpaces()
            guard rest.hasPrefix(sign) else { return false }
            rest = rest.dropFirst(sign.count)
            skipSpaces()
            return true
        }

        private mutating func skipSpaces() { rest = rest.drop { $0 == " " } }

        private static let form = "write 'news' in topics && 'sport' in topics"
    }
}
