import PushService
import PushTesting

/// News between nodes, as lines of text. Some get lost, some come twice, some overtake others.
struct SimulatedMail {
    private var letters: [(node: NodeID, line: String)] = []

    var isEmpty: Bool { letters.isEmpty }

    mutating func post(_ news: NodeNews, to node: NodeID, _ faults: ServiceFaults, _ random: inout SeededGenerator) {
        if faults.lostNews, Bool.random(using: &random) { return }
        letters.append((node, news.line))
    }

    mutating func take(_ faults: ServiceFaults, _ random: inout SeededGenerator) -> (node: NodeID, news: NodeNews)? {
        let place = faults.reorderedNews ? letters.indices.randomElement(using: &random) : letters.indices.first
        guard let place, let news = NodeNews(line: letters[place].line) else { return nil }
        let node = letters[place].node
        let mayComeAgain = faults.repeatedNews && !news.isMessage
        if !(mayComeAgain && Bool.random(using: &random)) { letters.remove(at: place) }
        return (node, news)
    }
}

extension NodeNews {
    /// Mail may lose a message of TTL 0, but doesn't carry it twice: a session couldn't tell.
    fileprivate var isMessage: Bool {
        if case .unstored = self { true } else { false }
    }
}
