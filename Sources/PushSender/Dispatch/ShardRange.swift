/// A closed range of shards. Devices are walked in the order (shard, device id); because the shard is a hash of the id, any
/// range of shards holds its share of any audience, and so a range can be halved without looking at the devices.
public struct ShardRange: Sendable, Hashable {
    public static let shardCount = 1024
    public static let all = ShardRange(first: 0, last: shardCount - 1)

    public let first: Int
    public let last: Int

    public init(first: Int, last: Int) {
        precondition(0 <= first && first <= last && last < Self.shardCount, "a shard range is never empty")
        self.first = first
        self.last = last
    }

    /// FNV-1a of the id, folded to the number of shards. Stored beside each device: changing it means rewriting them all.
    public static func shard(of id: String) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int((hash ^ (hash >> 16)) % UInt32(shardCount))
    }
}

/// The last device a slice has dealt with. The next page begins right after it.
public struct DeviceCursor: Sendable, Hashable {
    public let shard: Int
    public let device: DeviceID
    public init(shard: Int, device: DeviceID) {
        self.shard = shard
        self.device = device
    }
}
