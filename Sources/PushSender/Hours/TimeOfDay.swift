/// What a clock on the wall shows, from 00:00 to 24:00: `22:00`, `06:30:15`. 24:00 is only the end of something.
public struct TimeOfDay: Sendable, Hashable, Comparable {
    /// From 0 to 86,400.
    public let secondOfDay: Int

    public static let endOfDay = TimeOfDay(secondOfDay: WallClock.daySeconds)

    init(secondOfDay: Int) { self.secondOfDay = secondOfDay }

    /// Nil when the text isn't `HH:MM` or `HH:MM:SS`, two digits each.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(Self.twoDigits)
        guard (2...3).contains(parts.count), numbers.count == parts.count, numbers[0] <= 24, numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        secondOfDay = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
        guard self <= .endOfDay else { return nil }
    }

    public static func < (left: Self, right: Self) -> Bool { left.secondOfDay < right.secondOfDay }

    private static func twoDigits(_ text: Substring) -> Int? {
        guard text.utf8.count == 2, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }
}

extension TimeOfDay: CustomStringConvertible {
    /// As it is written, without seconds where they are none.
    public var description: String {
        let parts = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return (parts[2] == 0 ? parts.dropLast() : parts[...]).map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
