/// A bar of text that fits a terminal's width.
struct ProgressBar {
    private static let longestBar = 40
    private static let shortestBar = 10

    /// - Parameters:
    ///   - fraction: 0 to 1; what is outside is taken for the nearer end.
    ///   - counts: shown behind the bar as far as there is room, in order of importance.
    ///   - width: columns.
    /// - Returns: exactly `width - 1` columns, as a full last column makes some terminals wrap; only the percentage when there is
    ///   no room for a bar.
    func render(fraction: Double, counts: [(name: String, count: Int)], width: Int) -> String {
        let columns = width - 1
        let share = fraction.isFinite ? min(1, max(0, fraction)) : 0
        let percent = leftPadded("\(Int(share * 100))%", to: 5)
        var details = counts.map { "  \($0.count) \($0.name)" }
        func room() -> Int { columns - 2 - percent.count - details.reduce(0) { $0 + $1.count } }
        while room() < Self.shortestBar, !details.isEmpty { details.removeLast() }
        guard room() >= Self.shortestBar else { return rightPadded(String(percent.dropFirst().prefix(max(0, columns))), to: columns) }
        let bar = bar(share, columns: min(Self.longestBar, room()))
        return rightPadded("[\(bar)]\(percent)\(details.joined())", to: columns)
    }

    private func bar(_ share: Double, columns: Int) -> String {
        let filled = Int(share * Double(columns))
        return String(repeating: "#", count: filled) + String(repeating: ".", count: columns - filled)
    }

    private func leftPadded(_ text: String, to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - text.count)) + text
    }

    private func rightPadded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - text.count))
    }
}
