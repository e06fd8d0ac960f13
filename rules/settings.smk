rule settings:
    output:
        settings=SETTINGS,
    log:
        f"{RESULTS}/logs/settings.log",
    priority: 1  # before what takes long, as an interrupted study should have it, too
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"config": config, "code": code("write_settings.py")},
    script:
        "../scripts/write_settings.py"
