/// Origins of push services: `https://*.push.apple.com`, where `*` stands for anything.
public struct OriginPattern: Sendable, Hashable {
    private let parts: [String]

    /// - Parameter text: compared without regard to case.
    public init(_ text: String) {
        parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    public func matches(_ origin: String) -> Bool {
        var rest = origin.lowercased()[...]
        guard rest.hasPrefix(parts[0]) else { return false }
        rest = rest.dropFirst(parts[0].count)
        guard parts.count > 1 else { return rest.isEmpty }
        // The nearest place for each part leaves the most to those behind it.
        for part in parts.dropFirst().dropLast() {
            guard let place = part.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}
