/// Counts what one rendering writes, so that lists in lists of lists end.
final class RenderingMeter {
    private let turnBytes: Int
    private var leftBytes: Int
    private(set) var isSpent = false

    /// - Parameter turnBytes: what a turn of a list costs.
    init(turnBytes: Int, leftBytes: Int) {
        self.turnBytes = turnBytes
        self.leftBytes = leftBytes
    }

    /// - Returns: whether there may be another turn.
    func takeTurn() -> Bool { take(turnBytes) }

    /// - Returns: the text, or nothing once there is too much.
    func write(_ text: String) -> String { take(text.utf8.count) ? text : "" }

    private func take(_ bytes: Int) -> Bool {
        leftBytes -= bytes
        if leftBytes < 0 { isSpent = true }
        return !isSpent
    }
}
