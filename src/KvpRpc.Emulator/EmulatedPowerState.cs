namespace KvpRpc.Emulator;

/// <summary>The power state of an emulated virtual machine.</summary>
public enum EmulatedPowerState
{
    /// <summary>Switched off: host items can be written and read, guest items read as none.</summary>
    Off,

    /// <summary>The guest runs.</summary>
    Running,

    /// <summary>The guest stands still and answers nothing; its programs go on where they were when it is
    /// resumed.</summary>
    Paused,

    /// <summary>Off for the host, paused for the guest: its memory lies on disk.</summary>
    Saved,
}
