/// A range of a push's audience that one worker sends, page by page. The row is its whole memory: whoever holds the lease goes on
/// from the cursor.
public struct Slice: Sendable, Hashable {
    public let id: Int64
    public let push: PushID
    public let lane: Lane
    public var range: ShardRange
    /// The last device dealt with; nil before the first page.
    public var cursor: DeviceCursor?

    public init(id: Int64, push: PushID, lane: Lane, range: ShardRange, cursor: DeviceCursor?) {
        self.id = id
        self.push = push
        self.lane = lane
        self.range = range
        self.cursor = cursor
    }

    /// Keeps the nearer half of the work that is left and gives the rest away; nil when there is too little to share.
    public mutating func split() -> ShardRange? {
        let next = max(range.first, (cursor?.shard ?? -1) + 1)
        guard range.last > next else { return nil }
        let middle = next + (range.last - next) / 2
        let given = ShardRange(first: middle + 1, last: range.last)
        range = ShardRange(first: range.first, last: middle)
        return given
    }
}

/// A delivery that waits for another attempt.
public struct Retry: Sendable, Hashable {
    public let push: PushID
    public let lane: Lane
    public let device: DeviceID
    /// Where to send it now; nil when the device has been removed or disabled since.
    public let recipient: Recipient?
    /// How many attempts there were.
    public let attempts: Int

    public init(push: PushID, lane: Lane, device: DeviceID, recipient: Recipient?, attempts: Int) {
        self.push = push
        self.lane = lane
        self.device = device
        self.recipient = recipient
        self.attempts = attempts
    }
}
