/// Which records, in which order, how many.
public struct RecordQuery: Sendable, Hashable {
    public struct Order: Sendable, Hashable {
        /// A place, as in ``RecordCondition``. Of a list the smallest member counts. What is missing comes first, then what is yes or no,
        /// numbers, texts, and objects last.
        public let path: String
        public let isDescending: Bool

        public init(_ path: String, isDescending: Bool = false) {
            self.path = path
            self.isDescending = isDescending
        }
    }

    public var condition: RecordCondition
    /// What comes first counts most; at last ids decide.
    public var order: [Order]
    /// Nil: all of them.
    public var limit: Int?
    /// So many are passed over.
    public var skip: Int

    public init(_ condition: RecordCondition = .always, order: [Order] = [], limit: Int? = nil, skip: Int = 0) {
        self.condition = condition
        self.order = order
        self.limit = limit
        self.skip = skip
    }
}
