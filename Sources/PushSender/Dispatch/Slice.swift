/// A range of a push's audience that one worker sends, page by page. The row is its whole memory: whoever holds the lease goes on
/// from the cursor.
public struct Slice: Sendable, Hashable {
    public let id: Int64
    public let push: PushID
    public let lane: Lane
    /// Only devices of this time zone, empty for those that named none; nil for all devices.
    public let timeZone: String?
    public var range: ShardRange
    /// The last device dealt with; nil before the first page.
    public var cursor: DeviceCursor?

    public init(id: Int64, push: PushID, lane: Lane, timeZone: String? = nil, range: ShardRange, cursor: DeviceCursor?) {
        self.timeZone = timeZone
        self.id = id
        self.push = push
        self.lane = lane
        self.range = range
        self.cursor = cursor
    }

    /// Whether nobody has begun or shared it.
    var isFresh: Bool { cursor == nil && range == .all }

    /// About how many pages there are in all, after the first: shards hold equal shares of any audience.
    var pagesLikeTheFirst: Int { ShardRange.shardCount / ((cursor?.shard ?? 0) + 1) }

    /// Gives the farthest of so many equal parts of the work that is left away; nil when there is too little to share.
    mutating func cut(_ parts: Int) -> ShardRange? {
        let next = max(range.first, (cursor?.shard ?? -1) + 1)
        let size = (range.last - next + 1) / parts
        guard parts > 1, size > 0 else { return nil }
        let given = ShardRange(first: range.last - size + 1, last: range.last)
        range = ShardRange(first: range.first, last: range.last - size)
        return given
    }

    /// Keeps the nearer half of the work that is left and gives the rest away; nil when there is too little to share.
    public mutating func split() -> ShardRange? { cut(2) }
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
