extension Notification {
    /// This notification, but for the fields that the other one has.
    func overridden(by other: Notification) -> Notification {
        var merged = self
        for (_, field) in Self.texts { merged.take(field, from: other) }
        merged.take(\.badge, from: other)
        merged.take(\.actions, from: other)
        merged.take(\.interruptionLevel, from: other)
        merged.take(\.background, from: other)
        merged.take(\.mutable, from: other)
        merged.take(\.data, from: other)
        merged.take(\.apns, from: other)
        merged.take(\.fcm, from: other)
        merged.take(\.hms, from: other)
        merged.take(\.wns, from: other)
        merged.take(\.webpush, from: other)
        return merged
    }

    private mutating func take<Value>(_ field: WritableKeyPath<Notification, Value?>, from other: Notification) {
        if let value = other[keyPath: field] { self[keyPath: field] = value }
    }
}
