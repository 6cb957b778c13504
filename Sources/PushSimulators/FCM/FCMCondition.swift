/// `'a' in topics && ('b' in topics || !('c' in topics))`, which FCM and HMS share.
struct FCMCondition {
    private enum Sign: Equatable {
        case topic(String)
        case and
        case or
        case not
        case open
        case close
    }

    private var signs: ArraySlice<Sign>
    private var topics: [String] = []

    /// - Returns: the topics it names, in order; nil when it is no condition.
    static func topics(_ text: String) -> [String]? {
        guard let signs = read(text) else { return nil }
        var condition = FCMCondition(signs: signs[...])
        guard condition.takeAlternatives(), condition.signs.isEmpty else { return nil }
        return condition.topics
    }

    private init(signs: ArraySlice<Sign>) { self.signs = signs }

    private mutating func takeAlternatives() -> Bool {
        repeat { guard takeOne() else { return false } } while take(.and) || take(.or)
        return true
    }

    private mutating func takeOne() -> Bool {
        if take(.not) { return takeOne() }
        if take(.open) { return takeAlternatives() && take(.close) }
        guard case .topic(let name) = signs.first else { return false }
        signs.removeFirst()
        topics.append(name)
        return true
    }

    private mutating func take(_ sign: Sign) -> Bool {
        guard signs.first == sign else { return false }
        signs.removeFirst()
        return true
    }

    private static func read(_ text: String) -> [Sign]? {
        var (signs, rest): ([Sign], Substring) = ([], text[...])
        while let first = rest.first {
            if first == " " {
                rest.removeFirst()
            } else if let (sign, length) = sign(at: rest) {
                signs.append(sign)
                rest = rest.dropFirst(length)
            } else {
                return nil
            }
        }
        return signs
    }

    private static func sign(at text: Substring) -> (Sign, Int)? {
        if text.hasPrefix("&&") { return (.and, 2) }
        if text.hasPrefix("||") { return (.or, 2) }
        switch text.first {
        case "!": return (.not, 1)
        case "(": return (.open, 1)
        case ")": return (.close, 1)
        case "'": return topic(at: text)
        default: return nil
        }
    }

    private static func topic(at text: Substring) -> (Sign, Int)? {
        guard let end = text.dropFirst().firstIndex(of: "'") else { return nil }
        let name = text[text.index(after: text.startIndex)..<end]
        let after = text[text.index(after: end)...]
        let spaces = after.prefix { $0 == " " }
        guard !spaces.isEmpty, after.dropFirst(spaces.count).hasPrefix("in ") else { return nil }
        let beforeTopics = after.dropFirst(spaces.count + 2).prefix { $0 == " " }
        guard after.dropFirst(spaces.count + 2 + beforeTopics.count).hasPrefix("topics") else { return nil }
        return (.topic(String(name)), name.count + 2 + spaces.count + 2 + beforeTopics.count + 6)
    }
}
