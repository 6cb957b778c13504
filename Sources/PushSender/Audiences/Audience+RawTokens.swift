extension Audience {
    /// The raw tokens that a slice has still to reach, in their order. They all stand in the first shard; no time zone is known of them.
    public func rawRecipients(of slice: Slice, limit: Int) -> [Recipient] {
        guard slice.range.first == 0, slice.timeZone == nil || slice.timeZone == "" else { return [] }
        let passed = slice.cursor.flatMap { RawToken.index(of: $0.device) } ?? -1
        let left = tokens.indices.lazy.filter { $0 > passed && tokens[$0].isIn(slice.lane) }.prefix(limit)
        return left.map { Recipient(device: RawToken.device(at: $0), token: tokens[$0].token, profile: RecipientProfile()) }
    }

    /// Where the raw tokens are.
    public func rawSegments(_ app: AppID, byTimeZone: Bool) -> [Segment] {
        let lanes = Set(tokens.map { Lane(app: app, provider: $0.provider, environment: $0.token.environment) })
        return lanes.map { Segment(lane: $0, timeZone: byTimeZone ? "" : nil) }
    }

    /// - Returns: nil when the name is that of no raw token here.
    public func rawRecipient(_ device: DeviceID) -> Recipient? {
        guard let index = RawToken.index(of: device), tokens.indices.contains(index) else { return nil }
        return Recipient(device: device, token: tokens[index].token, profile: RecipientProfile())
    }
}

extension RawToken {
    fileprivate func isIn(_ lane: Lane) -> Bool { provider == lane.provider && token.environment == lane.environment }
}
