namespace KvpRpc.Protocol.Frames;

/// <summary>The first byte of a frame. Each frame is type, length of its body as a varint, body; unknown ones are
/// skipped.</summary>
internal enum FrameType : byte
{
    /// <summary>A stream is given up in both directions: stream id, code.</summary>
    Reset = 0x02,

    /// <summary>How far a stream's sender may go: stream id, bytes in all since the stream opened.</summary>
    StreamCredit = 0x03,

    /// <summary>How many streams the peer may have opened in all since the link opened.</summary>
    OpenCredit = 0x04,

    /// <summary>The sender closes the link: code, text.</summary>
    Close = 0x05,

    /// <summary>What the sender has seen of a probe: alphabet number, item, length in units or 0 for a damaged
    /// one.</summary>
    AlphabetReport = 0x06,

    /// <summary>The first of sixteen types: a part of a stream, with <see cref="StreamFlags"/> in the low four
    /// bits.</summary>
    Stream = 0x10,

    /// <summary>The last of the stream types.</summary>
    StreamLast = 0x1F,
}

/// <summary>What a stream frame begins and ends; the low four bits of its type.</summary>
[Flags]
internal enum StreamFlags : byte
{
    None = 0,

    /// <summary>Opens the stream: name and priority stand before the data.</summary>
    Open = 1,

    /// <summary>The data ends a message.</summary>
    EndOfMessage = 2,

    /// <summary>The sender's direction ends here.</summary>
    EndOfStream = 4,

    /// <summary>The data begins a message that does not end here: its whole length stands before the data.</summary>
    FirstPart = 8,
}
