/// What is to be changed in a list of topics.
public enum TopicChange: Sendable, Hashable {
    case add([String])
    case remove([String])
    /// These and no others.
    case set([String])
}

/// What became of a change of one device's topics.
public enum TopicChangeVerdict: Sendable, Hashable {
    case changed
    case unknownDevice
    /// Nothing was changed: the device isn't the user's who asked.
    case ownedByAnother
}
